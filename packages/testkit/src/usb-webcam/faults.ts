/** What may be wrong with a webcam that is plugged in. */
export type WebcamFault =
  | 'none'
  /** It answers, but no frame comes any more. */
  | 'stall'
  /** The same picture for ever: the number stands still. */
  | 'freeze'
  | 'black'
  /** Every second frame is left out. */
  | 'half-rate'
  /** Of eight frames one is sent: so few that no machine is too slow for them. */
  | 'sparse'
  /** JPEGs that decode with errors, if at all; raw frames that are too short. */
  | 'corrupt'
  /** It is there, and refuses whatever it is asked. */
  | 'dead';
