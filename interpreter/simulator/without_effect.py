"""Parameters that the simulated carrier checks and accepts, and that change nothing it does."""

WITHOUT_EFFECT: dict[str, str] = {
    "voice": "a text is heard as a text",
    "language": "a text is heard as a text",
    "service_level": "a text is heard as a text",
    "voice_settings": "a text is heard as a text",
    "tts_provider": "a text is heard as a text",
    "languages": "every language is understood",
    "sound_modifications": "nobody hears the pitch",
    "preferred_codecs": "audio is PCMU",
    "stream_codec": "audio is PCMU",
    "stream_bidirectional_target_legs": "audio that comes back is timed, and not mixed",
    "media_encryption": "there is no SIP behind it",
    "sip_auth_username": "there is no SIP behind it",
    "sip_auth_password": "there is no SIP behind it",
    "sip_region": "there is no SIP behind it",
    "sip_transport_protocol": "there is no SIP behind it",
    "route_to_mobile": "there is no network behind it",
    "privacy": "callees are not shown a number",
    "from_display_name": "callees are not shown a name",
    "diversion": "callees are not shown a number",
    "reason": "there is no SIP behind it",
    "early_media": "the caller hears no ringing of the target",
    "play_ringtone": "the caller hears no ringing",
    "ringtone": "the caller hears no ringing",
    "mute_dtmf": "keys are reported, and not heard",
    "send_silence_when_idle": "audio is not sent while nothing is said",
    "stream_establish_before_call_originate": "the stream begins with the answer",
    "enable_dialogflow": "there is no Dialogflow",
    "dialogflow_config": "there is no Dialogflow",
    "video_room_id": "there are no video rooms",
    "video_room_context": "there are no video rooms",
    "billing_group_id": "nothing is billed",
    "audio_type": "the length of a file is that of the scenario",
    "cache_audio": "the length of a file is that of the scenario",
    "duration_millis": "keys are heard at once",
    "stop_playback_on_dtmf": "a key always stops the prompt",
    "transcription_language": "recordings are not transcribed",
    "transcription_max_speaker_count": "recordings are not transcribed",
    "transcription_min_speaker_count": "recordings are not transcribed",
    "transcription_profanity_filter": "recordings are not transcribed",
    "transcription_speaker_diarization": "recordings are not transcribed",
    "region": "conferences are here",
    "beep_enabled": "nobody hears a beep",
    "comfort_noise": "nobody hears the noise",
    "interruption_settings": "the agent of the scenario cannot be interrupted",
    "message_history": "the agent of the scenario says what it says",
    "participants": "one party talks with the agent",
    "participant": "one party talks with the agent",
    "send_message_history_updates": "there are no such webhooks",
    "connector_name": "nobody records",
    "include_metadata_custom_headers": "nobody records",
    "secure": "nobody records",
    "session_timeout_secs": "nobody records",
    "sip_transport": "nobody records",
    "siprec_track": "nobody records",
    "noise_suppression_engine": "there is no noise",
    "noise_suppression_engine_config": "there is no noise",
    "auto_detect": "messages are delivered to nobody",
    "send_at": "messages are delivered to nobody",
    "use_profile_webhooks": "messages are delivered to nobody",
}
"""By name, and why."""
SILENT = frozenset({"voice", "language", "service_level", "voice_settings"})
"""Parameters that nearly every program sends, and nobody needs to be told of."""
WITHOUT_EFFECT_IN = {
    "create_conference": {"hold_audio_url": "nobody hears it", "hold_media_name": "nobody hears it"},
    "record_start": {"transcription": "recordings are not transcribed", "transcription_engine": "recordings are not transcribed"},
    "gather_using_ai": {"assistant": "the agent `ask` of the scenario asks", "transcription": "everything is understood"},
    "ai_assistant_start": {"transcription": "everything is understood"},
    "conversation_relay_start": {
        "transcription_engine": "everything is understood",
        "transcription_engine_config": "everything is understood",
    },
}
"""By command, parameters that have an effect elsewhere."""


def without_effect(command: str, name: str) -> str:
    """Returns why a parameter of a command changes nothing; the empty text where it does something."""
    return WITHOUT_EFFECT_IN.get(command, {}).get(name) or WITHOUT_EFFECT.get(name, "")
