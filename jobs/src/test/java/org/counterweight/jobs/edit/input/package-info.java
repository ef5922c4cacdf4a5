/** Tests of the way in from Java. */
package org.counterweight.jobs.edit.input;
