// jambonz's own validator: names of files, or `--rate SECONDS` with documents on standard input.
const fs = require('fs');
const path = require('path');
const {validate} = require(path.join(__dirname, '../../tests/jambonz/node_modules/@jambonz/schema'));

const logger = {info() {}, debug() {}, error() {}, warn() {}};

function accepts(document) {
  try {
    validate(logger, document);
    return true;
  } catch (error) {
    return false;
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--rate') {
  const documents = JSON.parse(fs.readFileSync(0, 'utf8'));
  documents.forEach(accepts);
  const until = Number(rest[0]) * 1e9;
  const began = process.hrtime.bigint();
  let count = 0;
  while (Number(process.hrtime.bigint() - began) < until) {
    documents.forEach(accepts);
    count += documents.length;
  }
  process.stdout.write(String(count / (Number(process.hrtime.bigint() - began) / 1e9)));
} else {
  const wrong = [first, ...rest].filter((name) => !accepts(JSON.parse(fs.readFileSync(name, 'utf8'))));
  process.exitCode = wrong.length ? 1 : 0;
}
