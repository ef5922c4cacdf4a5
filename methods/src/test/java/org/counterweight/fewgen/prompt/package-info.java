@org.jspecify.annotations.NullMarked
package org.counterweight.fewgen.prompt;
