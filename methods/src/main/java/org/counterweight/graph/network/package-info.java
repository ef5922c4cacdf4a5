/** Node classifiers over re-weighted graphs: an encoder with a head, a domain discriminator beside it, and node Mixup. */
@NullMarked
package org.counterweight.graph.network;

import org.jspecify.annotations.NullMarked;
