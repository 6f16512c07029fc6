/**
 * 1  first version.
 *
 * A change that an older peer can ignore (a new optional field from the server, a new frame that
 * the server sends only to who asked for it) keeps the number. Everything else raises it and adds a
 * line above; `FLOOR` follows once no supported client needs the old one. The hash in
 * test/protocol/version.test.ts makes sure that no change of a schema happens by accident.
 */
export const PROTOCOL_VERSION = 1;
export const PROTOCOL_FLOOR = 1;

/** The sub-protocol that a socket is opened with; the ticket follows as a second one. */
export const SUB_PROTOCOL = "holdfast.v1";
export const TICKET_PREFIX = "ticket.";
