// Says of every document that comes in, one a line, what jambonz's two validators have against it: [schema, specs], null where it is accepted.
// schema is @jambonz/schema (jambonz 10), specs is @jambonz/verb-specifications (jambonz 0.9).
const readline = require('readline');
const validators = [require('@jambonz/schema'), require('@jambonz/verb-specifications')];

const logger = {info() {}, debug() {}, error() {}, warn() {}};

function verdict(validator, document) {
  try {
    validator.validate(logger, document);
    return null;
  } catch (error) {
    return String(error.message);
  }
}

readline.createInterface({input: process.stdin}).on('line', (line) => {
  const found = validators.map((validator) => verdict(validator, JSON.parse(line)));
  process.stdout.write(JSON.stringify(found) + '\n');
});
