/** Tests of what commands do. */
package org.counterweight.jobs;
