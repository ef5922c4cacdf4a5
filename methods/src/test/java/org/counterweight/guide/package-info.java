/** Tests of guidance. */
package org.counterweight.guide;
