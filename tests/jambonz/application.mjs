// A reception desk written with jambonz's SDK, as a customer has it: verbs by its builder, signatures by its check.
// Prints one JSON object a line: its port first, then every hook that it was asked. The secret is the only argument.
import http from 'node:http';
import {WebhookResponse} from '@jambonz/sdk/webhook';

const check = WebhookResponse.verifySignature(process.argv[2]);

const hooks = {
  '/call': () => new WebhookResponse()
    .tag({data: {desk: 'reception', price: 10}})
    .gather({actionHook: '/menu', numDigits: 1, timeout: 5, say: {text: 'Press 1.'}})
    .say({text: 'Bye.'}),
  '/menu': ({digits}) => digits !== '1' ? new WebhookResponse().hangup() : new WebhookResponse()
    .dial({actionHook: '/dialed#rc=1&rp=5xx', timeout: 20, target: [
      {type: 'phone', number: '+14155550101'},
      {type: 'sip', sipUri: 'sip:desk@pbx.example', headers: {'X-Desk': 'two'}},
    ]}),
  '/dialed': (told) => new WebhookResponse().say({text: `Status ${told.dial_call_status}.`}).hangup(),
  '/status': () => null,
};

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const path = request.url.split('?')[0];
    request.body = JSON.parse(Buffer.concat(parts).toString() || '{}');
    check(request, response, (error) => {
      const told = {path, body: request.body, id: request.headers['x-callverbs-request-id'], error: error ? error.message : null};
      process.stdout.write(JSON.stringify(told) + '\n');
      if (error || !(path in hooks)) {
        response.writeHead(error ? 403 : 404).end();
        return;
      }
      const reply = hooks[path](request.body);
      if (reply === null) {
        response.writeHead(204).end();
      } else {
        response.writeHead(200, {'content-type': 'application/json; charset=utf-8'}).end(JSON.stringify(reply));
      }
    });
  });
});

server.listen(0, '127.0.0.1', () => process.stdout.write(JSON.stringify({port: server.address().port}) + '\n'));
