// node --test, beside `callverbs carrier --frozen --port 9000 --webhook http://127.0.0.1:8080/`
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { program } from './program.mjs';

const carrier = process.env.TELNYX_BASE_URL.replace(/\/v2$/, '/_sim');
const port = Number(process.env.PROGRAM_PORT ?? 8080);
const post = async (path, body) => (await fetch(carrier + path, { method: 'POST', body: JSON.stringify(body) })).json();
const advance = (seconds) => post('/clock/advance', { seconds });

before(() => new Promise((listening) => program.listen(port, '127.0.0.1', listening)));
after(() => program.close());

test('sales', async () => {
  const { call_control_id } = await post('/calls', { from: '+14155550100', to: '+14155550199' });
  await advance(1);
  await post(`/legs/${encodeURIComponent(call_control_id)}/press`, { keys: '1' });
  await advance(0);
  const leg = async () => (await (await fetch(`${carrier}/legs`)).json()).data.find(({ id }) => id === call_control_id);
  assert.deepEqual((await leg()).heard.map(({ what }) => what), ['Press 1 for sales.', 'You pressed 1.']);
  await advance(5);
  assert.equal((await leg()).state, 'ended');
});
