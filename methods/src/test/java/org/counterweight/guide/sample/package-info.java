/** Tests of samplers. */
package org.counterweight.guide.sample;
