/**
 * What is done beside re-weighting, or in its place, to make node classifiers hold in another domain: each an
 * {@link org.counterweight.graph.domain.Alignment}.
 */
@NullMarked
package org.counterweight.graph.domain;

import org.jspecify.annotations.NullMarked;
