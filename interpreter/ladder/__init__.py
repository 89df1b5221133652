"""The printed call: lines for what happened, and their drawing. Used by the simulator, the server and the command line alike."""
