"""The endpoints of accounts, from the modules that hold them."""

from fastapi import APIRouter

from service.accounts import key_endpoints, own_endpoints, sign_in_endpoints

auth_router = sign_in_endpoints.router
router = APIRouter()
for _part in (own_endpoints, key_endpoints):
    router.include_router(_part.router)
