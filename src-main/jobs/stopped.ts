/** Ends what is going on because the job was asked to pause or to end. */
export class Stopped extends Error {
  constructor(readonly control: 'pause' | 'cancel') {
    super(control);
  }
}
