/** Tests of what parts of a run tell. */
package org.counterweight.train.part;
