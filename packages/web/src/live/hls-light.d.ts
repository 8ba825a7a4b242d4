// The light build is the same class without its own declarations.
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
