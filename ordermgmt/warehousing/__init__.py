"""How the warehouse works: who shares a walk, with which trolleys, and what is added to parcels."""
