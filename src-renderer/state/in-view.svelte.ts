import type { Attachment } from 'svelte/attachments';

/** Whether an element is on the screen, so that what is scrolled away costs nothing while a search runs. */
export class InView {
  now = $state(true);

  readonly attach: Attachment = (element) => {
    const observer = new IntersectionObserver((entries) => (this.now = entries.at(-1)?.isIntersecting ?? true), {
      rootMargin: '80px',
    });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
