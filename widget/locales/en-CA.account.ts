// English words of “My account” and of the links to a new e-mail. Loaded with those screens.
import type { words as french } from './fr-CA.account.ts';

export const words: Readonly<Record<keyof typeof french, string>> = {
  'mine.title': 'My account',
  'mine.change': 'Change',
  'mine.who': 'My details',
  'mine.name': 'Change my name',
  'mine.nameNote':
    'Receipts already issued do not change. To correct the name on your insurance file, contact {organisme}.',
  'mine.save': 'Save',
  'mine.saved': 'Saved.',
  'mine.email': 'Change my e-mail',
  'mine.emailNote':
    'You will get a link at this new address. Nothing changes until you click it. Tell {organisme} too: your insurance file keeps its own e-mail.',
  'mine.newEmail': 'New e-mail',
  'mine.emailSend': 'Get the link',
  'mine.emailSent': 'If the address {courriel} can be used, a link is sent there. Click that link to finish.',
  'mine.password': 'Change my password',
  'mine.passwordNote': 'Your other devices will have to sign in again.',
  'mine.current': 'Current password',
  'mine.new': 'New password',
  'mine.passwordSaved': 'Your password is changed. Your other devices are signed out.',
  'mine.wrong': 'This is not your current password. Check it and try again.',
  'mine.sessions': 'Where you are signed in',
  'mine.unknownBrowser': 'Unknown device',
  'mine.here': 'this device',
  'mine.lastUsed': 'Last used: {quand}',
  'mine.end': 'Sign out',
  'mine.endOne': 'Sign out {appareil}',
  'mine.endOthers': 'Sign out all the others',
  'mine.ended': 'Signed out.',
  'mine.data': 'My information',
  'mine.dataNote':
    'All that we keep about you: your account, your payments and, if it is proven to be yours, your insurance file.',
  'mine.dataGet': 'See my information',
  'mine.dataReady': 'These links work for five minutes.',
  'mine.dataPage': 'Open the page',
  'mine.dataFile': 'Download the file (JSON)',
  'mine.erase': 'Delete my account',
  'mine.eraseAbout':
    'Your name, your e-mail, your password and your links are erased at once. This cannot be undone.',
  'mine.eraseKept':
    'Your invoices, payments and receipts stay in {organisme}’s books, as the law requires. Your insurance file does not change. Download your receipts first.',
  'mine.eraseNow': 'Delete my account for good',
  'mine.eraseHeld':
    'One of your payments, or a refund, is not finished. Finish or cancel what you can in “My payments”, then come back here.',
  'mine.erased': 'Your account is deleted. One last e-mail confirms it.',
  'mine.confirmTitle': 'Your new e-mail',
  'mine.confirmBody':
    'To use this e-mail for your account, enter your password. Didn’t ask for this? Close this page: nothing will change.',
  'mine.confirmNow': 'Confirm this e-mail',
  'mine.confirmWrong': 'This is not the account’s password. Check it and try again.',
  'mine.confirmed': 'Your new e-mail is in place.',
  'mine.undoTitle': 'Take your account back',
  'mine.undoBody':
    'Your account will have this address again, and every device will be signed out. Choose a new password.',
  'mine.undoNow': 'Take my account back',
  'mine.undone': 'Your account is yours again.',
  'mine.linkDead': 'This link no longer works, or was already used. Sign in to see your account’s e-mail.',
  'account.linkExpired': 'This link is no longer valid. Ask for a new e-mail.',
  'link.usedReset': 'If you have already changed your password, sign in.',
  'link.usedUndo': 'This was already undone. There is nothing else to do.',
  'link.expiredUndo': 'Contact {organisme} to undo this.',
  'link.askAgain': 'Ask for a new e-mail',
  'undo.title': 'Was this not you?',
  'undo.body':
    'An account was linked to your certificate. If you do not know this person, undo it: that account will no longer see your invoices.',
  'undo.submit': 'Undo this link',
  'undo.doneTitle': 'The link is undone',
  'undo.done': 'That account no longer sees your invoices. For any question, contact {organisme}.',
};
