/** The guidance chosen for a trained network, kept beside it. */
@NullMarked
package org.counterweight.jobs.guide.choice;

import org.jspecify.annotations.NullMarked;
