/** Tests of convolutions. */
package org.counterweight.model.part.graph;
