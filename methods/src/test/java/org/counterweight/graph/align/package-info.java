/** Tests of Pair-Align. */
package org.counterweight.graph.align;
