package org.counterweight.spark.federate;

import java.io.Serializable;
import org.counterweight.engine.Seed;

/**
 * What one client is to do in a round, beside the global weights, which all are sent.
 *
 * @param own what it has for itself in their place
 */
record ClientOrder(String client, int number, Seed seed, double factor, boolean mixes, TensorBytes own)
        implements Serializable {
    private static final long serialVersionUID = 1;
}
