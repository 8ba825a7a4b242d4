/** UVC drivers say the name twice, cut at 31 letters: 'Integrated Camera: Integrated C'. */
export function displayName(card: string): string {
  const [first, second] = card.split(': ', 2);
  return first !== undefined && second !== undefined && first.startsWith(second) ? first : card;
}
