/** Tests of what a run does with its recipe. */
package org.counterweight.jobs.train;
