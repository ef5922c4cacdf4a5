package org.counterweight.federate;

import org.counterweight.federate.client.LocalResult;

/**
 * What the server hears of a client after its local training.
 *
 * @param client its name
 * @param rate its learning rate
 * @param result of its training
 */
public record ClientReport(String client, double rate, LocalResult result) {}
