import { asText, type JsonValue, type QuestionField, type QuestionView } from '@sim/domain';
import type { LinkOutcome, OpenQuestion } from './answer-question.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** Names of form fields that are values of slots. */
export const VALUE_PREFIX = 'values.';

/** The page on which a question is answered: a plain form, which needs no script. */
export function questionPage({ workflowName, question }: OpenQuestion): string {
  return page(workflowName, body(question, []));
}

/** The page after an answer. */
export function outcomePage({ answered, messages, question }: LinkOutcome): string {
  if (answered || question === null) {
    return page(
      'Thank you',
      '<h1>Thank you</h1><p>Your answer was taken. You can close this page.</p>',
    );
  }
  return page(question.label, body(question, messages));
}

/** The page for a link that is of no use. */
export function problemText(title: string, detail: string): string {
  return page(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(detail)}</p>`);
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}

function body(question: QuestionView, messages: readonly string[]): string {
  const { label, description, shown } = question;
  const values = Object.entries(shown.values).map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(asText(value))}</dd>`,
  );
  return [
    `<h1>${escapeHtml(label)}</h1>`,
    description === null ? '' : `<p>${escapeHtml(description)}</p>`,
    shown.text === '' ? '' : `<p>${escapeHtml(shown.text)}</p>`,
    values.length === 0 ? '' : `<dl>${values.join('')}</dl>`,
    messages.length === 0
      ? ''
      : `<ul role="alert">${messages.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`,
    `<form method="post">${inputs(question)}</form>`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const SEND = '<p><button type="submit">Send</button></p>';

function inputs({ kind, prompt, fields, options = [] }: QuestionView): string {
  if (kind === 'slots') return `${fields.map(input).join('\n')}\n${SEND}`;
  const asked = `<p>${escapeHtml(prompt)}</p>`;
  if (kind === 'confirmation') {
    const yesNo = [button('approved', 'true', 'Yes'), button('approved', 'false', 'No')];
    return `${asked}<p>${yesNo.join(' ')}</p>`;
  }
  return `${asked}<p>${options.map((text) => button('option', text, text)).join(' ')}</p>`;
}

function button(name: string, value: string, label: string): string {
  return `<button name="${name}" value="${escapeHtml(value)}">${escapeHtml(label)}</button>`;
}

function input(field: QuestionField): string {
  const id = escapeHtml(`${VALUE_PREFIX}${field.name}`);
  const hint = field.description === null ? '' : ` <small>${escapeHtml(field.description)}</small>`;
  const needed = field.required ? ' required' : '';
  const label = `<label for="${id}">${escapeHtml(field.label)}${field.required ? '' : ' (optional)'}</label>`;
  return `<p>${label}${hint}<br>${control(field, id, needed)}</p>`;
}

function control(field: QuestionField, id: string, needed: string): string {
  const choices: { value: JsonValue; label: string }[] =
    field.type === 'boolean'
      ? [
          { value: 'yes', label: 'yes' },
          { value: 'no', label: 'no' },
        ]
      : [...(field.options ?? [])];
  const given = field.default === null ? '' : asText(field.default);
  if (choices.length === 0) {
    return `<input id="${id}" name="${id}" value="${escapeHtml(given)}"${needed}>`;
  }
  const options = choices.map(({ value, label }) => {
    const text = asText(value);
    const selected = text === given ? ' selected' : '';
    return `<option value="${escapeHtml(text)}"${selected}>${escapeHtml(label)}</option>`;
  });
  const none = '<option value=""></option>';
  return `<select id="${id}" name="${id}"${needed}>${none}${options.join('')}</select>`;
}
