// A stranger's text in our messages: no control characters, no other scripts' tricks, no page-long names.

/** Ordinary text unchanged; anything but printable ASCII escaped; cut where it is long, and `""` where there is none. */
export function printable(text: string, maxLength = 80): string {
  if (text === "") return '""';
  const shown = JSON.stringify(text.slice(0, maxLength))
    .slice(1, -1)
    .replace(/[^\x20-\x7e]/g, escaped);
  return text.length <= maxLength ? shown : `${shown}... (${text.length} characters)`;
}

/**
 * Lines in which strangers may have written: what would move a terminal's cursor or turn the writing around escaped, as JSON
 * has it, so that JSON stays what it is.
 */
export function harmless(lines: string): string {
  return lines.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, escaped);
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
