package org.counterweight.federate.client;

/** Clients cannot be put together as asked; the message says which client, tensor or number, and what to do. */
public final class FederationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public FederationException(String message) {
        super(message);
    }
}
