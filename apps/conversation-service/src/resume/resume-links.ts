import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { CONVERSATION_BASE_PATH } from '@sim/contracts';

/** What a link lets one do: answer one question of one session, for a while. */
export interface ResumeRight {
  readonly sessionId: `ses_${string}`;
  readonly questionId: `qst_${string}`;
  readonly until: Date;
}

/** Makes links by which a question is answered without a sign-in, and reads them. */
export interface ResumeLinks {
  urlOf(right: ResumeRight): string;
  /** Null for what is no token of ours. Whether its time is over is for the caller to see. */
  read(token: string): ResumeRight | null;
}

/** What the links are made with. */
export interface ResumeLinkOptions {
  /** `JWT_SECRET`; the links have a key of their own, made of it. */
  readonly secret: string;
  /** Where people reach the API, without a slash at its end. */
  readonly publicUrl: string;
}

const KEY_BYTES = 32;
const TOKEN = /^([0-9A-Za-z]{1,64})\.(\d{1,9})\.([0-9a-z]{1,9})\.([\w-]{43})$/;

/**
 * A token holds what it is for and is signed (HMAC-SHA256), so that none is stored: what was answered is
 * known by the session, and a link of another question, session or time has another signature.
 */
export function createResumeLinks({ secret, publicUrl }: ResumeLinkOptions): ResumeLinks {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'sim resume links', KEY_BYTES));
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  return {
    urlOf({ sessionId, questionId, until }) {
      const seconds = Math.floor(until.getTime() / 1000).toString(36);
      const text = `${sessionId.slice('ses_'.length)}.${questionId.slice('qst_'.length)}.${seconds}`;
      const token = `${text}.${sign(text)}`;
      return `${publicUrl}${CONVERSATION_BASE_PATH}/resume/${token}`;
    },
    read(token) {
      const parts = TOKEN.exec(token);
      if (!parts) return null;
      const [, session = '', question = '', seconds = '', signature = ''] = parts;
      const given = Buffer.from(signature);
      const wanted = Buffer.from(sign(`${session}.${question}.${seconds}`));
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
      return {
        sessionId: `ses_${session}`,
        questionId: `qst_${question}`,
        until: new Date(Number.parseInt(seconds, 36) * 1000),
      };
    },
  };
}
