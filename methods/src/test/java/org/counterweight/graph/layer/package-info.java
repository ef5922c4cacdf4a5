/** Tests of convolutions. */
package org.counterweight.graph.layer;
