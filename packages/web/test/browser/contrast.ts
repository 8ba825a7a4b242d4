/** Runs in the page: the WCAG contrast of each text that the selector finds, against the nearest colour behind it. */
export function contrastsOf(selector: string): { text: string; ratio: number }[] {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  // Drawn, since a computed colour may be in any notation.
  const channels = (color: string): number[] => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element | null): string => {
    if (!element) return '#fff';
    const { backgroundColor } = getComputedStyle(element);
    return (channels(backgroundColor)[3] ?? 0) > 250 ? backgroundColor : behind(element.parentElement);
  };
  return [...document.querySelectorAll<HTMLElement>(selector)]
    .filter((element) => element.checkVisibility() && element.innerText.trim() !== '')
    .map((element) => {
      const [light, dark] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort(
        (a, b) => b - a,
      );
      return { text: element.innerText, ratio: ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05) };
    });
}

/** Whether there were texts, and each stands out enough. @throws naming those that don't */
export function isReadable(contrasts: { text: string; ratio: number }[]): boolean {
  const poor = contrasts.filter(({ ratio }) => ratio < 4.5);
  if (poor.length > 0) throw new Error(`hard to read: ${JSON.stringify(poor)}`);
  return contrasts.length > 0;
}
