import { useState } from 'preact/hooks';

/** Puts `text` on the clipboard, and says whether that worked. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('copied');
    } catch {
      // A browser may refuse local files the clipboard: the text can still be selected.
      setSaid('not allowed here');
    }
  };
  return (
    <button type="button" class="copy" onClick={copy} onBlur={() => setSaid('')}>
      Copy {what}
      <span role="status">{said !== '' && ` — ${said}`}</span>
    </button>
  );
}
