// The program of program.py in JavaScript: it answers, asks for a key, and says which one it was.
import http from 'node:http';

const api = `${process.env.TELNYX_BASE_URL}/calls`;
const headers = { Authorization: `Bearer ${process.env.TELNYX_API_KEY}`, 'Content-Type': 'application/json' };
const voice = 'AWS.Polly.Joanna';
const following = {
  'call.initiated': () => ['answer', {}],
  'call.answered': () => ['gather_using_speak', { payload: 'Press 1 for sales.', voice, maximum_digits: 1 }],
  'call.gather.ended': ({ digits }) => ['speak', { payload: `You pressed ${digits}.`, voice }],
  'call.speak.ended': () => ['hangup', {}],
};

export const program = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { event_type, payload } = JSON.parse(Buffer.concat(chunks)).data;
  const [command, body] = following[event_type]?.(payload) ?? [];
  if (command) {
    const url = `${api}/${encodeURIComponent(payload.call_control_id)}/actions/${command}`;
    await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  }
  response.end();
});
