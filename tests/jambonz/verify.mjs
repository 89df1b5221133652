// Takes what was sent to an application, one [body, signature, secret] a line, and says what the SDK's own check has against it: null or a sentence.
// The SDK signs JSON.stringify of the body as a framework has parsed it.
import readline from 'node:readline';
import {WebhookResponse} from '@jambonz/sdk/webhook';

readline.createInterface({input: process.stdin}).on('line', (line) => {
  const [body, signature, secret] = JSON.parse(line);
  const request = {headers: {'jambonz-signature': signature}, body: JSON.parse(body)};
  WebhookResponse.verifySignature(secret, {tolerance: Infinity})(request, {}, (error) => {
    const told = error ? error.message : null;
    process.stdout.write(JSON.stringify([told, JSON.stringify(request.body)]) + '\n');
  });
});
