/** Tests of node classifiers. */
package org.counterweight.graph.domain;
