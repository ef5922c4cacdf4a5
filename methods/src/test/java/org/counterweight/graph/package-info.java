/** Tests of structural re-weighting. */
package org.counterweight.graph;
