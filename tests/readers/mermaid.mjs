// Reads a list of diagrams as JSON, and writes what Mermaid's parser says of each: "" where it can read it.
// The parser wants DOMPurify, which wants a browser: nothing is drawn here, so there is nothing to purify.
import { readFileSync } from 'node:fs';
import DOMPurify from 'dompurify';

DOMPurify.addHook = () => {};
DOMPurify.sanitize = (text) => text;
const { default: mermaid } = await import('mermaid');

mermaid.initialize({ maxEdges: 100000, maxTextSize: 10000000 });
const said = [];
for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    await mermaid.parse(text);
    said.push('');
  } catch (error) {
    said.push(String(error.message));
  }
}
process.stdout.write(JSON.stringify(said));
