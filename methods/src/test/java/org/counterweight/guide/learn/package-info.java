@org.jspecify.annotations.NullMarked
package org.counterweight.guide.learn;
