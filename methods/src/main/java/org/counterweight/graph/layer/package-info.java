/** Graph convolutions over messages that count more or less: GCN and GraphSAGE. */
@NullMarked
package org.counterweight.graph.layer;

import org.jspecify.annotations.NullMarked;
