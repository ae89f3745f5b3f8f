// The server's answers under the names that the screens use. Nothing is described twice: the shapes are the routes'.
import type { Answer } from './api.ts';

export type Profile = Answer<'$get', '/'>;
export type Tokens = Answer<'$post', '/sessions'>;
export type Me = Tokens['me'];
export type CertificateList = Answer<'$get', '/certificates'>;
export type Certificate = CertificateList['certificates'][number];
export type Invoice = Certificate['invoices'][number];
export type Line = Invoice['lines'][number];
/** What a search by name and number may still ask for. */
export type ProofAwaited = Exclude<Answer<'$post', '/certificates/links'>, { certificates: unknown }>;
export type Quote = Answer<'$post', '/quotes'>;
export type Payment = Answer<'$get', '/payments/:id'>['payment'];
export type RecordedReceipt = Answer<'$get', '/receipts'>['receipts'][number];
export type Year = Answer<'$get', '/payments'>['years'][number];
export type PaymentState = Payment['state'];
