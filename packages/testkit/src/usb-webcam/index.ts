export type { WebcamControl } from './control-facts.ts';
export type { WebcamFault } from './faults.ts';
export type { WebcamFormat, WebcamModel, WebcamPixelFormat, WebcamSize } from './model.ts';
export type { WebcamMode } from './negotiation.ts';
export { UsbWebcam, type UsbWebcamOptions } from './usb-webcam.ts';
