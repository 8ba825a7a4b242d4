// Imported first by every script, so that an old Node gets this message instead of a syntax error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old: 20.19 or newer is needed. ` +
      'See https://nodejs.org/en/download, or type: nvm install 24',
  );
  process.exit(1);
}
