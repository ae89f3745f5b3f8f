-- Of PayPal's messages only the ids are kept from now on (server/paypal-events/inbox.ts). Those that were kept whole
-- name the payer: what is over is emptied, what still waits goes by the same rule once it is.
UPDATE webhook_events SET body = '' WHERE state <> 'waiting';
