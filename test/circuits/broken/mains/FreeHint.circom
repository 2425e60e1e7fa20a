pragma circom 2.2.2;

include "broken/BrokenFreeHint.circom";

component main {public [in]} = BrokenFreeHint();
