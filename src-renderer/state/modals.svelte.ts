/** Dialogs that are open, one over the other. What lies behind the newest can be neither seen in full nor used. */
class Modals {
  open = $state(0);
}

export const modals = new Modals();
