/** Tests of how often classes are linked. */
package org.counterweight.graph.structure;
